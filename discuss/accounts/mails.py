"""Mails, which leave by a task: no request waits for the mail server, or fails with it."""

from collections.abc import Sequence
from email import policy, utils
from functools import partial

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.tasks import task


def enqueue(mail: EmailMessage) -> None:
    """Send a mail without attachments, within a second or two while all is well."""
    domain = utils.parseaddr(mail.from_email)[1].rpartition("@")[2]
    send.enqueue(
        subject=str(mail.subject),
        body=str(mail.body),
        from_email=mail.from_email,
        to=mail.to,
        # The same at each try, so that who gets it twice can be shown it once.
        headers={"Message-ID": utils.make_msgid(domain=domain)},
        subtype=mail.content_subtype,
        alternatives=getattr(mail, "alternatives", []),
    )


@task
def send(
    *,
    subject: str,
    body: str,
    from_email: str,
    to: list[str],
    headers: dict[str, str],
    subtype: str,
    alternatives: Sequence[tuple[str, str]],
) -> None:
    """Send a mail now. Raises what the mail server's answer is."""
    mail = EmailMultiAlternatives(subject, body, from_email, to, headers=headers)
    mail.content_subtype = subtype
    for content, mimetype in alternatives:
        mail.attach_alternative(content, mimetype)
    # The console shows a mail as it is encoded, and there a folded link is of no use. A mail server is sent
    # what its own policy says.
    unfolded = policy.default.clone(max_line_length=998)
    mail.message = partial(mail.message, policy=unfolded)  # type: ignore[method-assign]
    mail.send()
