"""Who did what: append-only, chained, written in the transaction of the act."""

from hotline.audit.chain import Record, is_written, record, records
from hotline.audit.verify import Break, verify

__all__ = ["Break", "Record", "is_written", "record", "records", "verify"]
