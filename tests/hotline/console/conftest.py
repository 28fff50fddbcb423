"""The desk's application over a migrated database, and operators of every role."""

from tests.support.desk_fixtures import application, browser, configured, desk_url, fast_passwords, knowledge, logged_in

__all__ = ["application", "browser", "configured", "desk_url", "fast_passwords", "knowledge", "logged_in"]
