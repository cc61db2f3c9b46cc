"""Enterprise quality credit."""
