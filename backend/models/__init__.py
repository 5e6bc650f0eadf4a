"""Nouns: tables and nothing else. `TABLES` is all of them, in an order that can be created.

Rows that are read together lie together: whatever belongs to a building has a key that starts
with the building's number (see `keys`), so a scan reads neighbouring pages even in a city of
twelve million rooms.
"""

from backend.db import Table
from backend.models.accounts import Account, Allowance, Device, Duty, RoleGrant, Session
from backend.models.areas import Area, Jurisdiction
from backend.models.bikes import (
    Bike,
    BikeMonth,
    BikeStep,
    LookUp,
    Ownership,
    PhoneCode,
    Shift,
    Sighting,
    Transfer,
)
from backend.models.cases import Case, CaseStep, CaseTask
from backend.models.classes import ClassCode
from backend.models.clients import Changeset, Client, ClientUpdate
from backend.models.facilities import Facility
from backend.models.figures import CaseCursor, CaseFact, CaseTally
from backend.models.inspections import (
    Campaign,
    Flaw,
    FlawCheck,
    Form,
    Grade,
    GradeChange,
    Hazard,
    Inspection,
    PatrolTask,
    Registration,
)
from backend.models.messages import Message, UnitMessage
from backend.models.notices import Notice
from backend.models.once import OnceAnswer
from backend.models.photos import Photo
from backend.models.places import Address, AddressKey, Building, Room, SmallPlace
from backend.models.records import Business, Event, Residence, Resident
from backend.models.reports import Mention, Report
from backend.models.runs import Run, RunPiece
from backend.models.tags import Tag, TagScan, TagTask
from backend.models.topics import Topic, TopicCase, WordMark, WordWeek
from backend.models.trail import TrailBatch, TrailCheckpoint, TrailLine
from backend.models.units import Remit, RuleFault, Unit
from backend.models.visits import Challenge, Fix, Visit
from backend.models.words import LearntWords, Lesson

TABLES: list[type[Table]] = [
    Area,
    Jurisdiction,
    ClassCode,
    Building,
    Room,
    Address,
    AddressKey,
    SmallPlace,
    Resident,
    Residence,
    Business,
    Event,
    Account,
    RoleGrant,
    Duty,
    Device,
    Session,
    Allowance,
    Challenge,
    Visit,
    Fix,
    Run,
    RunPiece,
    Tag,
    TagScan,
    TagTask,
    TrailLine,
    TrailBatch,
    TrailCheckpoint,
    OnceAnswer,
    Notice,
    Photo,
    Facility,
    Unit,
    Remit,
    RuleFault,
    Case,
    CaseStep,
    CaseTask,
    CaseFact,
    CaseTally,
    CaseCursor,
    Report,
    Mention,
    Message,
    UnitMessage,
    Client,
    ClientUpdate,
    Changeset,
    Bike,
    BikeMonth,
    Ownership,
    BikeStep,
    Transfer,
    Sighting,
    LookUp,
    Shift,
    PhoneCode,
    Lesson,
    LearntWords,
    Topic,
    TopicCase,
    WordWeek,
    WordMark,
    Form,
    Inspection,
    Hazard,
    Grade,
    GradeChange,
    PatrolTask,
    Campaign,
    Flaw,
    FlawCheck,
    Registration,
]
