"""Offices and people of the demonstration company; the staff of DOMAIN.md 1."""

from django.contrib.auth.hashers import make_password

from salesdept.models import Office, User
from salesdept.roles import Role

PASSWORD = "demo"  # the demonstration's, printed and offered on its login page
_STAFF = (
    ("anna.koroleva", "Анна", "Королёва", Role.SERVICE_MANAGER, "spb"),
    ("pavel.yuriev", "Павел", "Юрьев", Role.SERVICE_MANAGER, "spb"),
    ("daria.kim", "Дарья", "Ким", Role.SERVICE_MANAGER, "spb"),
    ("oleg.troshin", "Олег", "Трошин", Role.SERVICE_MANAGER, "spb"),
    ("maya.safina", "Майя", "Сафина", Role.SERVICE_MANAGER, "msk"),
    ("igor.belov", "Игорь", "Белов", Role.SERVICE_MANAGER, "msk"),
    ("vera.lapina", "Вера", "Лапина", Role.SENIOR_MANAGER, "spb"),
    ("mikhail.sorokin", "Михаил", "Сорокин", Role.DEVELOPMENT_MANAGER, "spb"),
    ("nina.orlova", "Нина", "Орлова", Role.OPERATOR, "spb"),
    ("timur.aliev", "Тимур", "Алиев", Role.LEAD_MANAGER, "spb"),
    ("alisa.gromova", "Алиса", "Громова", Role.MARKETER, "spb"),
    ("sergey.volkov", "Сергей", "Волков", Role.BRANCH_HEAD, "msk"),
    ("mark.orlov", "Марк", "Орлов", Role.SALES_HEAD, "spb"),
    ("elena.zhukova", "Елена", "Жукова", Role.DEPUTY_DIRECTOR, "spb"),
    ("andrey.maltsev", "Андрей", "Мальцев", Role.DIRECTOR, "spb"),
)


def make_staff() -> dict[str, list[User]]:
    """Everyone, by role; all with the demonstration's password."""
    offices = {
        code: Office.objects.get_or_create(code=code, defaults={"name": name, "short_name": short})[0]
        for code, name, short in (("spb", "Санкт-Петербург", "СПб"), ("msk", "Москва", "МСК"))
    }
    password = make_password(PASSWORD)
    staff: dict[str, list[User]] = {}
    for login, first, last, role, office in _STAFF:
        head = role == Role.DEPUTY_DIRECTOR
        user = User.objects.create(
            email=f"{login}@abc.example",
            first_name=first,
            last_name=last,
            role=role,
            office=offices[office],
            password=password,
            is_staff=head,
            is_superuser=head,
        )
        staff.setdefault(role, []).append(user)
    return staff
