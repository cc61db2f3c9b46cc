"""One-stop query, one dossier for each enterprise, and the enterprise's own side."""
