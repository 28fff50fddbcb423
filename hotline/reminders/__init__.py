"""Reminders of a deadline: asked for by the worker, sent 30, 7 and 3 days before, ended by a word of his."""
