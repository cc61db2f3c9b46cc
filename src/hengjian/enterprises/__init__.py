"""The register of enterprises: who is who, who said so, and how to find them."""
