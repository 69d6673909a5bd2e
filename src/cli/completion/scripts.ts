export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/**
 * Each asks the program itself what may come next, and offers files where it names nothing: `assay completion words -- <words so far>` prints a
 * word a line, with what it is behind a tab.
 */
const scripts: Readonly<Record<Shell, string>> = {
  bash: `_assay() {
  # bash cuts words at @ and =, and replaces only what is behind the last of them.
  local line word before written="\${COMP_LINE:0:COMP_POINT}" part="\${COMP_WORDS[COMP_CWORD]}"
  local -a words
  read -ra words <<< "$written"
  [[ $written == *' ' ]] && words+=('')
  [[ $part == *[!=@:]* ]] || part=''
  word="\${words[\${#words[@]} - 1]}"
  before="\${word%"$part"}"
  COMPREPLY=()
  while IFS= read -r line; do
    line="\${line%%$'\\t'*}"
    COMPREPLY+=("\${line#"$before"}")
  done < <(assay completion words -- "\${words[@]:1}" 2> /dev/null)
  case "\${COMPREPLY[0]}" in
    *'#' | *=) compopt -o nospace ;;
  esac
}
complete -o default -F _assay assay
`,
  zsh: `#compdef assay
_assay() {
  local -a found
  found=("\${(@f)$(assay completion words -- "\${(@)words[2,CURRENT]}" 2> /dev/null)}")
  if [[ -n $found[1] ]]; then
    found=("\${(@)found//:/\\\\:}")
    found=("\${(@)found/$'\\t'/:}")
    _describe assay found
  else
    _files
  fi
}
compdef _assay assay
`,
  fish: `function __assay_complete
    set -l found (assay completion words -- (commandline -opc)[2..] (commandline -ct) 2> /dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c assay -f -a '(__assay_complete)'
`,
};

export const completionScript = (shell: Shell): string => scripts[shell];
