"""What `./gongyou NAME` does: one module a command, loaded only when it is asked for."""
