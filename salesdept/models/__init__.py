"""The floor: people, offices, runs of jobs, saved views."""

from salesdept.models.job import JobRun, JobState, JobStep
from salesdept.models.office import Office
from salesdept.models.saved_view import SavedView
from salesdept.models.user import Absence, User

__all__ = ["Absence", "JobRun", "JobState", "JobStep", "Office", "SavedView", "User"]
