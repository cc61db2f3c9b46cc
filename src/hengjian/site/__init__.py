"""The Django project: settings, shell, workbench and public pages (floor 6)."""
