"""Factories of the smallest valid objects; tests say only what matters to them."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone

from clients.models import Client, ClientState, Contact, Product, Shipment, ShipmentLine
from deals.models import CallEntry, Interaction, Invoice, Lead, Task
from salesdept.models import Office, User
from salesdept.roles import Role


class OfficeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Office
        django_get_or_create = ("code",)

    code = "spb"
    name = factory.LazyAttribute(lambda office: f"Office {office.code}")
    short_name = factory.LazyAttribute(lambda office: office.code.upper())


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@abc.example")
    first_name = "Анна"
    last_name = factory.Sequence(lambda n: f"Королёва{n}")
    role = Role.SERVICE_MANAGER
    office = factory.SubFactory(OfficeFactory)

    @factory.post_generation
    def password(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if extracted:
            self.set_password(extracted)
            self.save(update_fields=["password"])


class ClientFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Client

    code = factory.Sequence(lambda n: f"C{n:05}")
    name = factory.Sequence(lambda n: f"ООО «Клиент {n}»")


class StateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ClientState

    client = factory.SubFactory(ClientFactory)


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    client = factory.SubFactory(ClientFactory)
    name = "Ирина Соболева"
    phone = "+78123341806"
    email = "irina@client.example"


class ProductFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Product

    code = factory.Sequence(lambda n: f"P{n:05}")
    name = "Футболка"


class ShipmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Shipment

    number = factory.Sequence(lambda n: f"S{n:06}")
    date = date(2026, 10, 1)
    year = factory.LazyAttribute(lambda shipment: shipment.date.year)
    client = factory.SubFactory(ClientFactory)
    amount = Decimal("1000.00")


class LineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ShipmentLine

    shipment = factory.SubFactory(ShipmentFactory)
    position = factory.Sequence(lambda n: n)
    product = factory.SubFactory(ProductFactory)
    amount = Decimal("1000.00")


class InteractionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Interaction

    client = factory.SubFactory(ClientFactory)
    user = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)
    day = factory.LazyAttribute(lambda interaction: timezone.localdate(interaction.at))
    outcome = "talked"


class TaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Task

    title = "Отправить прайс"
    assignee = factory.SubFactory(UserFactory)
    due_on = factory.LazyFunction(timezone.localdate)


class InvoiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invoice

    number = factory.Sequence(lambda n: f"{n}")
    issued_on = date(2026, 11, 20)
    year = factory.LazyAttribute(lambda invoice: invoice.issued_on.year)
    valid_until = factory.LazyAttribute(lambda invoice: invoice.issued_on)
    client = factory.SubFactory(ClientFactory)
    amount = Decimal("86400.00")


class LeadFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Lead

    client = factory.SubFactory(ClientFactory)
    channel = "site"
    created_at = factory.LazyFunction(timezone.now)


class CallEntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CallEntry

    date = factory.LazyFunction(timezone.localdate)
    manager = factory.SubFactory(UserFactory)
    client = factory.SubFactory(ClientFactory)
    tier = 7
    position = factory.Sequence(lambda n: n)
