"""XLSForms: a city's own forms come in as workbooks, and ours go out as such and as XForms.

pyxform knows the standard; what is here maps its questions to our items and back, and says of
everything that has no place with us in which row it stands.
"""

from backend.services.inspections.xlsforms.drafts import Complaint, Drafted
from backend.services.inspections.xlsforms.reading import read
from backend.services.inspections.xlsforms.writing import workbook, xform

__all__ = ["Complaint", "Drafted", "read", "workbook", "xform"]
