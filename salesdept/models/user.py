"""People of the department: users, their roles and their absences (DOMAIN.md 1)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from salesdept.roles import Role


class UserQuerySet(models.QuerySet["User"]):
    """Named conditions over people."""

    def active(self) -> UserQuerySet:
        """People who may log in."""
        return self.filter(is_active=True)

    def with_role(self, *roles: str) -> UserQuerySet:
        """People of the given roles."""
        return self.filter(role__in=roles)

    def sellers(self) -> UserQuerySet:
        """Active people who own clients or call them."""
        return self.active().filter(role__in=Role.sellers())


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Creates users by e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with a hashed password (unusable when none is given)."""
        user: User = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A deputy director with every right, for the first login."""
        fields.setdefault("role", Role.DEPUTY_DIRECTOR)
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person of the company; logs in with an e-mail address."""

    email = models.EmailField(_("e-mail"), unique=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    role = models.CharField(_("role"), max_length=30, choices=Role.choices, default=Role.SERVICE_MANAGER)
    office = models.ForeignKey(
        "salesdept.Office",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("office"),
    )
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    date_joined = models.DateTimeField(_("since"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["last_name", "first_name", "id"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_ci_unique")]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """First and last name, or the e-mail address when there is neither."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def get_short_name(self) -> str:
        """«Королёва А.», as lists show people."""
        if not self.last_name:
            return self.email
        return f"{self.last_name} {self.first_name[:1]}." if self.first_name else self.last_name

    @property
    def role_short(self) -> str:
        """The role as colleagues call it."""
        return str(Role(self.role).short)

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        return ((self.first_name[:1] + self.last_name[:1]) or self.email[:2]).upper()


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Named conditions over absences."""

    def on(self, day: date) -> AbsenceQuerySet:
        """Absences that cover the day."""
        return self.filter(starts__lte=day, ends__gte=day)


class Absence(models.Model):
    """Days on which a substitute works a person's list; nothing else moves (DOMAIN.md 4.5)."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="absences", verbose_name=_("who is away")
    )
    substitute = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="substitutions", verbose_name=_("substitute")
    )
    starts = models.DateField(_("from"))
    ends = models.DateField(_("to"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-starts", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("starts")), name="absence_dates"),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("substitute")), name="absence_substitute_is_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.starts:%d.%m.%Y}–{self.ends:%d.%m.%Y}"
