"""The board as its pages show it: every number leads to a list that is as long."""

import csv
import io
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from openpyxl import load_workbook

from backend import clock as house_clock
from backend.db import to_ms
from backend.models import Case, CaseStep, Unit
from backend.services import cases, figures, reports
from mobile_api import tables
from tests.api.pages.reading import signed_in
