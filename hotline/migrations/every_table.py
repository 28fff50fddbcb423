"""Imports every package's tables, so that the schema in code can be compared with the migrated one."""

import hotline.audit.tables
import hotline.console.tables
import hotline.policy.tables
import hotline.tickets.tables  # noqa: F401
