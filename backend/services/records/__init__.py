"""People, firms and events of a building: read on site, collected once, used everywhere."""
