# shellcheck shell=bash
# What bin/run, bin/test and bench/ share; all of them source it from the top of the checkout.

# Print the path of the first Python that runs and is new enough; otherwise say why not, in one line.
find_python() {
  local candidate reason="no Python was found"
  local probe='
import sys
if sys.version_info < (3, 12):
    sys.exit("%s is Python %d.%d" % ((sys.executable,) + sys.version_info[:2]))
try:
    import ensurepip, venv
except ImportError:
    sys.exit("%s cannot make virtual environments (on Debian: apt install python3-venv)" % sys.executable)
print(sys.executable)'
  # A pyenv shim exists for every version that any project uses and fails when this one may not, so
  # only running it tells. The last candidates are for a pyenv without the version in .python-version.
  for candidate in python3.13 python3.12 python3.14 python3 \
    "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.1[2-9]*/bin/python3; do
    command -v "$candidate" >/dev/null || continue
    "$candidate" -c "$probe" 2>/dev/null && return
    reason=$("$candidate" -c "$probe" 2>&1 | head -n 1) || true
    [[ $reason == *' is Python '* || $reason == *' cannot make '* ]] || reason="$candidate does not run"
  done
  echo "DiscussIt needs Python 3.12 or newer: $reason." >&2
  return 1
}

# require_free_port PORT: end with one line where something listens already at the address that `serve` takes.
# It comes before anything is installed, and so by whichever Python there is. What is no port, the settings say.
require_free_port() {
  local python
  python=$(find_python)
  "$python" - "$1" <<'EOF'
import os, socket, sys

port = sys.argv[1]
v6 = os.environ.get("PUBLIC_URL", "").startswith(("http://[::1]", "https://[::1]"))
host, shown, family = ("::1", "[::1]", socket.AF_INET6) if v6 else ("127.0.0.1", "127.0.0.1", socket.AF_INET)
if port.isascii() and port.isdigit() and 0 < int(port) < 65536:
    try:
        socket.create_server((host, int(port)), family=family).close()
    except OSError as error:
        sys.exit(f"Nothing can listen on {shown}:{port}: {os.strerror(error.errno)}. Set PORT to another port.")
EOF
}

# make_venv DIR REQUIREMENTS: a virtual environment in DIR with exactly those versions, made once.
make_venv() {
  local dir=$1 requirements=$2 stamp=$1/installed wanted python
  # The scripts inside carry the environment's own path, so a copied checkout needs a new one.
  wanted="$PWD/$dir"$'\n'"$(<"$requirements")"
  if "$dir/bin/python" -c 'import sys, pip; assert sys.version_info >= (3, 12)' 2>/dev/null; then
    [[ -f $stamp && "$(<"$stamp")" == "$wanted" ]] && return
    [[ ! -f $stamp || "$(head -n 1 "$stamp")" == "$PWD/$dir" ]] || rm -rf "$dir"
  else
    rm -rf "$dir"
  fi
  if [[ ! -d $dir ]]; then
    python=$(find_python)
    "$python" -m venv "$dir"
  fi
  echo "Installing $requirements into $dir; this takes a minute."
  rm -f "$stamp"
  # Most of it is never imported: what is, Python compiles then.
  "$dir/bin/python" -m pip install --disable-pip-version-check --no-input --no-color --progress-bar off --no-compile \
    --require-hashes --requirement "$requirements" | show_progress "$(grep -c '^[a-z0-9].*==' "$requirements")"
  # Written last: an install that was broken off is done again.
  printf '%s\n' "$wanted" >"$stamp"
}

# show_progress TOTAL: of what pip says, one line that counts its packages; where nobody looks, one for every tenth.
show_progress() {
  local line name count=0 end=$'\n'
  [[ ! -t 1 ]] || end=$'\r'
  while read -r line; do
    case $line in
      Collecting*) name=${line#Collecting } && name=${name%%[=\[ ]*} && count=$((count + 1)) ;;
      # One that is on this machine already.
      Processing*) name=${line##*/} && name=${name%%-[0-9]*} && count=$((count + 1)) ;;
      # Those for other systems were none to fetch.
      "Installing collected packages"*) name="unpacking them" && count=$1 ;;
      *) continue ;;
    esac
    if [[ -t 1 || $name == unpacking* || $((count % 10)) == 0 ]]; then printf '  %3d of %d  %-40s%s' "$count" "$1" "$name" "$end"; fi
  done
  [[ ! -t 1 ]] || printf '%-60s\r' ""
}

# collect_static DIR: the files that pages link to, with the Python in DIR, when any may have changed.
collect_static() {
  local manifest=data/static/staticfiles.json theme=${THEME:-theme}
  local sources=(static skins project/settings.py)
  if [[ -d $theme ]]; then
    # A link may lead elsewhere by now, to older files.
    theme=$(realpath "$theme")
    sources+=("$theme")
  fi
  # A file that was removed shows in the time of its folder, and a theme in the time of this one.
  if [[ $manifest -nt $1/installed && ! . -nt $manifest && $(cat data/theme 2>&1) == "$theme" ]] &&
    [[ -z $(find -L "${sources[@]}" -newer "$manifest" -print -quit) ]]; then
    return
  fi
  "$1/bin/python" manage.py collectstatic --no-input -v 0
  # Another theme may have older files.
  echo "$theme" >data/theme
}

# machine_zone: the time zone that this machine is set to, or nothing where it does not say.
machine_zone() {
  local link zone=${TZ-}
  zone=${zone#:}
  [[ $zone ]] || { link=$(readlink /etc/localtime) && zone=${link#*/zoneinfo/}; } || zone=$(cat /etc/timezone) || true
  # A name that Python knows, and no file or rule such as CET-1CEST.
  [[ $zone =~ ^[A-Z][A-Za-z0-9/_+-]*$ && -f /usr/share/zoneinfo/$zone ]] || return 0
  echo "$zone"
} 2>/dev/null

# have PROGRAM: whether it is there. Debian keeps the programs of servers off many a PATH.
have() { command -v "$1" >/dev/null || [[ -x /usr/sbin/$1 ]] || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null; }

# can_install: whether install_packages may be asked.
can_install() { command -v apt-get >/dev/null && [[ $EUID == 0 ]]; }

# install_packages PACKAGE...: by Debian's apt-get. Servers among them are not started: whoever needs one
# starts one of their own.
install_packages() (
  policy=
  log=$(mktemp)
  trap 'rm -f "$log" ${policy:+"$policy"}' EXIT
  echo "Installing $*."
  if [[ ! -e /usr/sbin/policy-rc.d ]]; then
    policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
  fi
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
    install --no-install-recommends "$@"; } >"$log" 2>&1 || { cat "$log" >&2 && exit 1; }
)
