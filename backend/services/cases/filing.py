"""Which condition of the standard a case is filed under."""

from backend.errors import Invalid
from backend.models import Case
from backend.services import standards


def filed_under(case: Case, condition: str | None) -> dict[str, object]:
    """Put the case under another condition, if one is named; its time is that one's from now on.

    Returns the facts of the step. Refuses a code that the standard does not know.
    """
    if condition is None or condition == case.condition:
        return {}
    found = standards.find(condition)
    if found is None:
        raise Invalid(errors={"condition": ["There is no such condition."]})
    case.condition = found.code
    case.standard = case.limit_value = case.limit_unit = None
    return {"condition": found.code}
