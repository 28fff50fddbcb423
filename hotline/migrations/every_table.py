"""Imports every package's tables, so that the schema in code can be compared with the migrated one."""

# ruff: noqa: F401
import hotline.alarms.tables
import hotline.api.tables
import hotline.audit.tables
import hotline.console.tables
import hotline.evidence.tables
import hotline.health.tables
import hotline.hooks.tables
import hotline.people.tables
import hotline.policy.tables
import hotline.reminders.tables
import hotline.rota.tables
import hotline.tickets.tables
import hotline.warnings.tables
import kit.duties
