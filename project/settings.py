"""All of DiscussIt's settings. What may be changed comes from the environment: see the table in README.md."""

from email.utils import formataddr
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP

from discuss.old_tokens import SHEET as OLD_TOKENS, find_old_names
from discuss.skins import skins
from project import environment, rates, services
from project.log import logging_as

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = BASE_DIR / "data"
DATA_DIR.mkdir(exist_ok=True)

# --- from the environment ---------------------------------------------------------------------------

DEBUG = environment.flag("DEBUG")
# What it is called, and a line about it, unless staff say otherwise in the admin (discuss/site.py).
SITE_NAME = environment.title("SITE_NAME", "DiscussIt")
SITE_WORDS = environment.title("SITE_WORDS", "", most=120)
# Where a theme is, if there is one: templates that take the place of ours, and static files of its own.
THEME_DIR = environment.folder("THEME", BASE_DIR / "theme")
# One of the version before has its templates at its top, and goes on to work in this one.
_has_templates = Path.is_dir(THEME_DIR / "templates")
THEME_TEMPLATES = THEME_DIR / "templates" if _has_templates else THEME_DIR
# What groups can wear: the skins of the theme, and ours.
SKINS = skins(THEME_DIR / "skins", BASE_DIR / "skins")
# Where the scenes of the gallery are: those of the theme, and ours.
SCENE_DIRS = [THEME_DIR / "scenes", BASE_DIR / "discuss" / "design" / "scenes"]
# What tells this instance from others that share its host's cookies or its Redis.
INSTANCE = environment.label("INSTANCE", "discussit")
PORT = environment.port("PORT", 8000)
PUBLIC_URL = environment.origin("PUBLIC_URL", f"http://127.0.0.1:{PORT}")
TIME_ZONE = environment.time_zone("TIME_ZONE", "UTC")
# Who may make an account: anybody, who knows the code, who has an invitation, or nobody.
SIGN_UP = environment.choice("SIGN_UP", "open", "code", "invited", "closed")
SIGN_UP_CODE = environment.code("SIGN_UP_CODE", is_needed=SIGN_UP == "code")
# Whether new accounts wait until a moderator of the site approves them.
HELD_SIGN_UPS = environment.flag("HELD_SIGN_UPS")
# Domains of mail whose addresses nobody signs up with, with all below them.
REFUSED_MAIL_DOMAINS = environment.domains("REFUSED_MAIL_DOMAINS")
SECRET_KEY = environment.secret_key("SECRET_KEY", DATA_DIR / "secret_key")
DATABASES = {"default": services.database("DATABASE_URL", DATA_DIR / "db.sqlite3")}
REDIS_URL = services.redis("REDIS_URL")
# Who may ask for /metrics from elsewhere than this machine.
METRICS_TOKEN = environment.token("METRICS_TOKEN")
# How many processes serve this database; discuss/checks.py refuses what several cannot share.
PROCESSES = environment.count("PROCESSES", 1)
# Choices, not oversights: until EMAIL_URL is set, mail is printed on the console; and a chat does not
# decide for its domain's other hosts that they speak TLS.
SILENCED_SYSTEM_CHECKS = ["mail.E001", "security.W005", "security.W021"]
MAILERS = {"default": services.mailer("EMAIL_URL")}

# --- where people reach it --------------------------------------------------------------------------

_public = urlsplit(PUBLIC_URL)
_secure = _public.scheme == "https"
# In a URL and in a Host header an IPv6 address has brackets, and urlsplit() takes them off.
_host = f"[{_public.hostname}]" if ":" in str(_public.hostname) else str(_public.hostname)
# The address of this machine at which `serve` listens: the one that is public, or the usual one.
LOOPBACK = "::1" if _host == "[::1]" else "127.0.0.1"
# The default is this machine alone, under both of its names.
PUBLIC_ORIGINS = [PUBLIC_URL]
if _host == "127.0.0.1":
    PUBLIC_ORIGINS.append(PUBLIC_URL.replace("127.0.0.1", "localhost"))
# The loopback names let a probe on the machine itself ask /healthz and /readyz.
ALLOWED_HOSTS = [_host, "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = PUBLIC_ORIGINS
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
if _secure:
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
# Daphne speaks no TLS here, so where the address is https a proxy does. Whatever else a client says of
# where it comes from is not believed; the proxy overwrites both headers.
BEHIND_PROXY = environment.flag("BEHIND_PROXY", default=_secure)
CLIENT_HEADER = "X-Real-IP" if BEHIND_PROXY else None
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Whether people come from a network inside, such as a school's: its addresses can be blocked then, too.
PRIVATE_NETWORK = environment.flag("PRIVATE_NETWORK")
# Days for which it is kept from where somebody signed up or logged in.
ADDRESSES_KEPT = environment.days("ADDRESSES_KEPT", 30)

# --- what it is made of -----------------------------------------------------------------------------

INSTALLED_APPS = [
    # Before daphne, whose runserver tells browsers nothing of how long to keep a style sheet.
    "servestatic",
    "daphne",
    "discuss",
    "allauth",
    "allauth.account",
    "django_htmx",
    "django_tasks_db",
    "channels",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "discuss.edges.giving_way.GiveWayMiddleware",
    # Below the static files, which are compressed on the disk. Compressing can give away a secret that stands
    # beside text of an attacker's choice (BREACH): the one secret in pages is the CSRF token, which Django
    # masks anew in each answer, and this makes the length of each answer another.
    "django.middleware.gzip.GZipMiddleware",
    # Who may not come in at all sees a page that needs the static files, and no session.
    "discuss.edges.networks.NetworkMiddleware",
    "discuss.edges.encoding.Utf8Middleware",
    "discuss.edges.urlencoded.UrlEncodedMiddleware",
    "discuss.accounts.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "discuss.edges.own_time.OwnTimeMiddleware",
]
if DEBUG:
    # Pages load again when a template or a style sheet is saved.
    INSTALLED_APPS.append("django_browser_reload")
    MIDDLEWARE.append("discuss.design.edges.reloading.ReloadMiddleware")
ROOT_URLCONF = "project.urls"
ASGI_APPLICATION = "project.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "discuss.rendering.backend.Templates",
        "DIRS": [THEME_TEMPLATES, BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "discuss.rendering.loader.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "discuss.edges.addresses.other_address",
                "discuss.moderation.edges.header.duties",
            ],
            # What is rendered without a request, such as a fragment, has no context processors.
            "builtins": ["discuss.templatetags.site"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "project.formats"
USE_TZ = True

CHANNEL_LAYERS = {"default": services.channel_layer(REDIS_URL, prefix=INSTANCE)}

# What limits count (wrong log-ins, by name and by address): in the database, so that several processes
# count together, and a restart or a Redis that is away lets nobody begin anew. They last for an hour at most.
CACHES = {
    "default": {
        "BACKEND": "discuss.accounts.counts.CountsCache",
        "LOCATION": "discuss_limits",
        # More names in an hour push out what ends first. Each new count looks how many there are.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# Slow work outside of requests. Each process has a worker for it (discuss/live/tasks.py).
TASKS = {"default": {"BACKEND": "discuss.tasks.backend.Backend"}}

# --- files ------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# Other sites' pages have no use for them.
SERVESTATIC_ALLOW_ALL_ORIGINS = False
STATICFILES_DIRS = [
    *filter(Path.is_dir, [THEME_DIR / "static"]),
    BASE_DIR / "static",
    *((f"skins/{name}", skin.static) for name, skin in SKINS.items() if skin.static.is_dir()),
]
# The style sheets of every page, in their order. While DEBUG is on, pages name each of them; else the file
# that `collectstatic` joins of them (project/static_files.py).
STYLE_SHEETS = [
    f"discuss/{name}.css"
    for name in (
        *("tokens", "base", "forms", "lobby", "search", "room", "doing", "reactions", "moderation"),
        *("pins", "listed", "rules", "formatting", "mentions", "replies", "windows", "duties"),
    )
]
# The names of the version before, behind the properties themselves, for a theme that goes on using them.
if any(find_old_names(THEME_DIR, BASE_DIR / "static")):
    STYLE_SHEETS.insert(1, OLD_TOKENS)
# Those of moderators' pages besides.
DESK_STYLE_SHEETS = [f"discuss/{name}.css" for name in ("queue", "filters", "networks", "record")]
JOINED_STYLE_SHEETS = {
    "discuss/all.css": STYLE_SHEETS,
    "discuss/desk.css": DESK_STYLE_SHEETS,
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "project.static_files.StaticFiles"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- people -----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "discuss.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "discuss.accounts.tries.OneCheck",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "lobby"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "discuss.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
# Nobody is told which addresses are registered.
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{SITE_NAME}: "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
ACCOUNT_FORMS = {
    "login": "discuss.accounts.forms.LoginForm",
    "signup": "discuss.accounts.forms.SignupForm",
    "add_email": "discuss.accounts.forms.AddEmailForm",
    "change_password": "discuss.accounts.forms.ChangePasswordForm",
    "set_password": "discuss.accounts.forms.SetPasswordForm",
    "reset_password": "discuss.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "discuss.accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "discuss.accounts.forms.ReauthenticateForm",
}
# Sessions last, as after a sign-up; who shares a browser logs out.
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# Whoever can change the email address can reset the password, so it asks for the password too.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = rates.OF_ACCOUNTS
# Tries are limited by address: a proxy's own is everybody's.
ALLAUTH_TRUSTED_CLIENT_IP_HEADER = CLIENT_HEADER
# In a mail an IPv6 address says what it is (RFC 5321 section 4.1.3).
DEFAULT_FROM_EMAIL = formataddr((SITE_NAME, f"noreply@{_host.replace('[', '[IPv6:')}"))

# --- the browser ------------------------------------------------------------------------------------

SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF],
    "media-src": [CSP.SELF],
    # 'self' covers WebSockets in CSP level 3; older Safari wants the origin said in full. A policy can
    # name no IPv6 address (https://www.w3.org/TR/CSP3/#framework-directive-source-list).
    "connect-src": [
        CSP.SELF,
        *(url.replace("http", "ws", 1) for url in PUBLIC_ORIGINS if "[" not in url),
    ],
    "form-action": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
SECURE_REFERRER_POLICY = "same-origin"
# How often one person may do something, and one address open a socket (discuss/limits.py).
RATE_LIMITS = environment.rates("RATE_LIMITS", rates.OF_PEOPLE)
# Open pages of one person.
PAGES_PER_PERSON = environment.count("PAGES_PER_PERSON", 20)
SESSION_ENGINE = "discuss.accounts.sessions"
# Cookies know no ports: each instance of a host needs names of its own for all of them.
# Under https a browser lets no other host, nor anybody on the way, set those of this prefix.
_prefix = "__Host-" if _secure else ""
SESSION_COOKIE_NAME = f"{_prefix}{INSTANCE}_session"
CSRF_COOKIE_NAME = f"{_prefix}{INSTANCE}_csrf"
# By it a browser is known that somebody has logged in with (discuss/accounts/tries.py).
KNOWN_COOKIE_NAME = f"{_prefix}{INSTANCE}_known"
# By it the lobby leads back to the group that was open last.
LAST_GROUP_COOKIE_NAME = f"{_prefix}{INSTANCE}_last"
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "discuss.edges.cookies.MessageStorage"
CSRF_FAILURE_VIEW = "discuss.edges.views.csrf_failure"

# --- the log ----------------------------------------------------------------------------------------

LOG_FORMAT = environment.choice("LOG_FORMAT", "text", "json")
# Where errors are reported (discuss/sentry.py).
SENTRY_DSN = services.sentry_dsn("SENTRY_DSN")
LOGGING = logging_as(LOG_FORMAT)
