"""How the whole is doing, asked of the rows: for Prometheus, for doctor, and for the administrators' page."""
