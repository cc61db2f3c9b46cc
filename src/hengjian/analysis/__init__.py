"""Reading the figures: region and industry pages, map, comparison, quality analysis report."""
