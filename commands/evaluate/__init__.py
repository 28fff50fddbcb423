"""Measures the whole product over labelled questions."""
