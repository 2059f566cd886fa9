"""The only place where untrusted input becomes values, from a form over HTTP and from a frame alike."""

from discuss.forms.fields import (
    LAST_NUMBER,
    MESSAGE_LENGTH,
    DescriptionField,
    DisplayNameField,
    MessageField,
    NameField,
    NumberField,
    UsernameField,
)
from discuss.forms.group_settings import GroupSettingsForm, LooksForm
from discuss.forms.groups import AboutForm, GroupForm, SuccessorForm
from discuss.forms.held import DecisionForm, HeldForm
from discuss.forms.invitations import InvitationForm, RevokedForm
from discuss.forms.lines import EditForm, LineForm
from discuss.forms.memberships import LevelForm
from discuss.forms.mentions import OfferForm, PickForm
from discuss.forms.messages import DraftForm, MessageForm, SentForm, whole_texts
from discuss.forms.pages import (
    HeaderForm,
    NewerForm,
    OlderForm,
    OwnForm,
    ReadForm,
    ResumeForm,
    ResumeLobbyForm,
    UnshownForm,
    read_position,
)
from discuss.forms.reactions import ReactionForm
from discuss.forms.settings import YouForm
from discuss.forms.verbs import NothingForm, first_error
from discuss.forms.warnings import WarningForm

__all__ = [
    "LAST_NUMBER",
    "MESSAGE_LENGTH",
    "AboutForm",
    "DecisionForm",
    "DescriptionField",
    "DisplayNameField",
    "DraftForm",
    "EditForm",
    "GroupForm",
    "GroupSettingsForm",
    "HeaderForm",
    "HeldForm",
    "InvitationForm",
    "LevelForm",
    "LineForm",
    "LooksForm",
    "MessageField",
    "MessageForm",
    "NameField",
    "NewerForm",
    "NothingForm",
    "NumberField",
    "OfferForm",
    "OlderForm",
    "OwnForm",
    "PickForm",
    "ReactionForm",
    "ReadForm",
    "ResumeForm",
    "ResumeLobbyForm",
    "RevokedForm",
    "SentForm",
    "SuccessorForm",
    "UnshownForm",
    "UsernameField",
    "WarningForm",
    "YouForm",
    "first_error",
    "read_position",
    "whole_texts",
]
