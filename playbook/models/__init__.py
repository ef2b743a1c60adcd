"""The sales book: regulations with parameters, typology, scripts, jobs, training."""

from playbook.models.acknowledgement import Acknowledgement, RegulationReview
from playbook.models.job import Duty, DutyDone, Job
from playbook.models.picture import Picture
from playbook.models.regulation import ParameterValue, Regulation, RegulationVersion, VersionState
from playbook.models.rehearsal import Rehearsal, RehearsalState
from playbook.models.script import Objection, Script, Situation
from playbook.models.training import (
    Assessment,
    Course,
    CoursePage,
    Onboarding,
    OnboardingDone,
    OnboardingStep,
    QuizAttempt,
    QuizQuestion,
)
from playbook.models.typology import (
    Answer,
    AnswerRule,
    KeyParameter,
    OldType,
    Question,
    Segment,
    Sphere,
)

__all__ = [
    "Acknowledgement",
    "Answer",
    "AnswerRule",
    "Assessment",
    "Course",
    "CoursePage",
    "Duty",
    "DutyDone",
    "Job",
    "KeyParameter",
    "Objection",
    "OldType",
    "Onboarding",
    "OnboardingDone",
    "OnboardingStep",
    "ParameterValue",
    "Picture",
    "Question",
    "QuizAttempt",
    "QuizQuestion",
    "Regulation",
    "RegulationReview",
    "RegulationVersion",
    "Rehearsal",
    "RehearsalState",
    "Script",
    "Segment",
    "Situation",
    "Sphere",
    "VersionState",
]
