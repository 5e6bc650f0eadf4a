"""The fire map: houses and small places with their grades, open hazards, hydrants, extinguishers.

For a page as one small drawing, for a map program as GeoJSON; the same rows make the list beside.
"""

from backend.services.fire_maps.showing import around, hydrants_around, show

__all__ = ["around", "hydrants_around", "show"]
