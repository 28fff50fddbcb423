"""Backups: one encrypted file of the data, one small file of the keys, and the way back (promise P30)."""
