"""A position in a query: `lat,lon` in degrees."""

from backend.errors import Invalid


def near(text: str) -> tuple[float, float]:
    """Latitude and longitude, or a refusal that names the field `near`."""
    lat, comma, lon = text.partition(",")
    try:
        if not comma:
            raise ValueError
        found = float(lat), float(lon)
    except ValueError:
        raise Invalid(errors={"near": ["Send lat,lon in degrees."]}) from None
    if not (-90 <= found[0] <= 90 and -180 <= found[1] <= 180):
        raise Invalid(errors={"near": ["Latitude -90 to 90, longitude -180 to 180."]})
    return found
