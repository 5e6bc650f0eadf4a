"""One label: laid out once per design and form, then drawn as PNG, SVG, ZPL or part of a PDF."""
