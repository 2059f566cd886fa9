import pytest

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bell import Bell
from discuss.models import Group, Kind, Role
from tests.cast import Cast, log_in

pytestmark = pytest.mark.django_db


def test_its_maker_owns_it_and_the_log_begins_with_that(cast: Cast):
    garden = actions.create_group(cast.cleo, name="Garden", description="Seeds and slugs")
    membership = garden.memberships.get()
    assert (membership.user, membership.role) == (cast.cleo, Role.OWNER)
    line = garden.entries.get()
    assert (line.kind, line.author, line.position) == (Kind.CREATED, cast.cleo, 1)
    garden.refresh_from_db()
    assert (garden.head, garden.description) == (1, "Seeds and slugs")


def test_it_rings_for_the_lobby_and_the_person(cast: Cast, bells_of):
    made: list[Group] = []
    bells = bells_of(lambda: made.append(actions.create_group(cast.cleo, name="Garden")))
    pk = made[0].pk
    assert set(bells) == {Bell("group", pk, 1), Bell("lobby", pk), Bell("person", cast.cleo.pk)}


@pytest.mark.parametrize("name", ["Kitchen", "kitchen", "KITCHEN", "Ｋitchen"])
def test_it_refuses_a_name_that_is_taken(cast: Cast, name: str, bells_of):
    def create() -> None:
        with pytest.raises(Refused, match="already"):
            actions.create_group(cast.cleo, name=name)

    assert bells_of(create) == []
    assert Group.objects.count() == 1


def test_the_form_makes_one_and_leads_there(cast: Cast):
    values = {"name": "  Garden  shed ", "description": "Seeds\nand slugs"}
    response = log_in(cast.cleo).post("/groups/new/", values)
    garden = Group.objects.get(name="Garden shed")
    assert garden.description == "Seeds and slugs"
    assert response.headers["Location"] == garden.get_absolute_url()


@pytest.mark.parametrize(
    "name", ["", " ", "kitchen", "x" * 61, "Gar\u200bden", "Gar\x00den", "\u202eGarden"]
)
def test_the_form_says_what_is_wrong_with_a_name(cast: Cast, name: str):
    response = log_in(cast.cleo).post("/groups/new/", {"name": name})
    assert response.status_code == 400
    assert 'class="errorlist"' in response.content.decode()
    assert Group.objects.count() == 1


def test_the_form_is_for_people_who_are_logged_in(cast: Cast, client):
    assert log_in(cast.cleo).get("/groups/new/").status_code == 200
    response = client.post("/groups/new/", {"name": "Garden"})
    assert response.headers["Location"].startswith("/accounts/login/")
    assert Group.objects.count() == 1


def test_the_page_refuses_a_name_whose_key_would_not_fit(cast: Cast):
    # One character, eighteen in its compatible form: 60 of them have a key of 1,080.
    response = log_in(cast.ann).post("/groups/new/", {"name": "\ufdfa" * 60})
    assert response.status_code == 400
    assert "This name is too long." in response.content.decode()
