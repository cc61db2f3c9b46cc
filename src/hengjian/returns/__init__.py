"""Statistical returns: form catalogue, reporting calendar, grids that prefill and hint, approval in stages."""
