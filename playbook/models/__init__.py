"""The sales book: regulations with parameters, typology, scripts."""

from playbook.models.regulation import ParameterValue, Regulation, RegulationVersion, VersionState
from playbook.models.script import Objection, Script, Situation
from playbook.models.typology import OldType, Segment, Sphere

__all__ = [
    "Objection",
    "OldType",
    "ParameterValue",
    "Regulation",
    "RegulationVersion",
    "Script",
    "Segment",
    "Situation",
    "Sphere",
    "VersionState",
]
