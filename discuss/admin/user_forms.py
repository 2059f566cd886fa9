"""The forms of people and their passwords."""

from django.contrib.admin.forms import AdminPasswordChangeForm as OwnAdminPasswordChangeForm
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm

from discuss import actions
from discuss.forms import UsernameField
from discuss.models import User


class NewUserForm(AdminUserCreationForm[User]):
    class Meta(AdminUserCreationForm.Meta):
        model = User
        field_classes = {"username": UsernameField}

    def clean_username(self) -> str:
        # Django looks for the same name in another case; the model's own field sees to that and more.
        username: str = self.cleaned_data["username"]
        return username


class PasswordForm(AdminPasswordChangeForm[User]):
    """Somebody else's new password: their sessions end, and their open pages hear of it."""

    def save(self, commit: bool = True) -> User:
        user = super().save(commit)
        actions.announce_standing(user)
        return user


class OwnPasswordForm(OwnAdminPasswordChangeForm):
    """One's own new password: all other sessions of one's own end."""

    def save(self, commit: bool = True) -> User:
        user = super().save(commit)
        actions.announce_standing(user)
        return user
