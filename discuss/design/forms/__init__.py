"""What somebody wants to see of the gallery."""

from discuss.design.forms.showings import PlayForm, SearchForm, ShowingForm

__all__ = ["PlayForm", "SearchForm", "ShowingForm"]
