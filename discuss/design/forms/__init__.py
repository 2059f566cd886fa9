"""What somebody wants to see of the gallery."""

from discuss.design.forms.showings import SearchForm, ShowingForm

__all__ = ["SearchForm", "ShowingForm"]
