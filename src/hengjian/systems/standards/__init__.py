"""Standards: self-declaration, directory, supervision."""
