"""Gemma 3 270M as a reader of sentences: its package's weights with what they learned of our trade, on onnxruntime.

Only `built` and `engine` are asked by others, and `weights` by scripts/adapt_reader (docs/decisions/0095).
"""
