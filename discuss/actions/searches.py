"""What a person searched for is remembered for them."""

from django.db import transaction
from django.utils import timezone

from discuss.models import REMEMBERED, RecentSearch, User


def remember_search(user: User, *, words: str) -> None:
    """Remember this as the person's latest search, and forget what is older than the last ten."""
    own = RecentSearch.objects.filter(user=user)
    with transaction.atomic():
        latest = own.order_by("-searched_at").first()
        if latest and latest.words == words:
            return
        RecentSearch.objects.update_or_create(
            user=user, words=words, defaults={"searched_at": timezone.now()}
        )
        kept = own.order_by("-searched_at", "-pk").values_list("pk", flat=True)
        own.exclude(pk__in=list(kept[:REMEMBERED])).delete()


def forget_searches(user: User) -> None:
    """Forget what the person searched for."""
    RecentSearch.objects.filter(user=user).delete()
