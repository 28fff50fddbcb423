"""Who did what: append-only, chained, written in the transaction of the act."""

from hotline.audit.chain import Record, record, records
from hotline.audit.verify import Break, verify

__all__ = ["Break", "Record", "record", "records", "verify"]
