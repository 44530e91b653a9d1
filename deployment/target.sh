# What runs in the folder that a site is deployed to, on the server or on this machine: POSIX sh, standard tools.
# deployment/session.py sends this text to a shell and then one line for each call, with every value quoted.
# A function prints what it found, or one line about what is wrong and returns a code that is not 0.
umask 022
LC_ALL=C
export LC_ALL

# run TOKEN FUNCTION VALUE...: call a function; its output ends with a line of the token and the exit code.
run() {
  token=$1
  shift
  "$@" </dev/null 2>&1
  printf '\n%s %s\n' "$token" "$?"
}

# enter FOLDER: go to a folder and print "found"; print "missing" if there is none.
enter() {
  if [ -d "$1" ]; then
    cd "$1" && echo found
  elif [ -e "$1" ] || [ -L "$1" ]; then
    echo 'Not a directory'
    return 2
  else
    echo missing
  fi
}

# create FOLDER: create a folder and go there.
create() {
  mkdir -p "$1" && cd "$1"
}

# require_programs NAME...
require_programs() {
  for name; do
    command -v "$name" >/dev/null || { echo "$name: not found"; return 2; }
  done
}

# describe: print every entry of this folder, the links, the folders of the store, and the generations.
describe() {
  ls -A | sed 's/^/entry /'
  for name in current site letters store generations .lock; do
    if [ -L "$name" ]; then printf 'link %s %s\n' "$name" "$(readlink "$name")"; fi
  done
  if [ -d store ]; then ls -A store | sed 's/^/stored /'; fi
  for folder in generations/*/; do
    [ -d "$folder" ] || continue
    name=${folder#generations/}
    passed=no
    if [ -f "${folder}passed" ]; then passed=yes; fi
    printf 'generation %s %s %s\n' "${name%/}" "$passed" "$(tr -d '\n' 2>/dev/null <"${folder}deployment.json")"
  done
}

# read_log: print the log of the current generation.
read_log() {
  cat current/site/api/log.json
}

# take_lock: keep the lock until this shell ends, however it ends; return 75 if another deployment has it.
take_lock() {
  true >>.lock || return 2 # with 'exec', a failure would end the shell
  exec 9>>.lock
  for attempt in 1 2 3; do # the shell of a connection that has just broken may not have ended yet
    flock -n 9 && return
    sleep 1
  done
  return 75
}

# remove_leftovers: remove what a killed deployment has left.
remove_leftovers() {
  rm -rf .new-* 2>/dev/null || true # a copy that is still being killed may write there
}

# prepare NAME: create the folders that files are copied to.
prepare() {
  # nginx makes an ETag of a file's size and second: no two generations may be copied in the same one.
  if [ -d generations ]; then sleep 1; fi
  mkdir -p store generations && mkdir ".new-$1"
}

# install NAME: give a generation that is complete its name.
install() {
  mv ".new-$1/generation" "generations/$1" && rm -rf ".new-$1" || return
  sync # before a link leads to it: it must be there after a power failure, too
}

# carry FROM TO PATH...: put files of one generation into another that lacks them.
carry() {
  from=generations/$1/site
  to=generations/$2/site
  shift 2
  mkdir -p "$to/assets" || return
  for path; do
    if [ -f "$from/$path" ] && [ ! -e "$to/$path" ]; then
      ln "$from/$path" "$to/$path" 2>/dev/null || cp "$from/$path" "$to/$path" || return
    fi
  done
}

# switch_to NAME: make a generation current by renaming one link.
switch_to() {
  for name in site letters; do
    [ -L "$name" ] || ln -s "current/$name" "$name" || return
  done
  rm -f .new-current
  ln -s "generations/$1" .new-current && rename_link .new-current current
}

# rename_link NEW OLD: plain 'mv' would move the link into the folder that the other leads to.
rename_link() {
  if mv --help 2>&1 | grep -q 'T[],]'; then mv -T "$1" "$2"; else mv -fh "$1" "$2"; fi
}

# mark_passed NAME: record that the server answered right with this generation.
mark_passed() {
  true >"generations/$1/passed"
}

# remove_generations NAME...
remove_generations() {
  for name; do
    # By its name, a generation is whole or not there.
    mv "generations/$name" ".new-removed-$name" && rm -rf ".new-removed-$name" || return
  done
}

# remove_stored NAME...: remove folders of the store that no generation links to.
remove_stored() {
  for name; do
    rm -rf "store/$name" || return
  done
}
