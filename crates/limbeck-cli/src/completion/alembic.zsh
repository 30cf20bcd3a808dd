#compdef alembic
# Completion of alembic for zsh. Every candidate comes from the program itself.
_alembic() {
    local line
    local -a values shown open open_shown
    while IFS= read -r line; do
        if [[ ${line%%$'\t'*} == *[/:=@] ]]; then
            open+=("${line%%$'\t'*}")
            open_shown+=("${line/$'\t'/  -- }")
        else
            values+=("${line%%$'\t'*}")
            shown+=("${line/$'\t'/  -- }")
        fi
    done < <("${words[1]}" __complete words "${(@)words[2,CURRENT]}" 2>/dev/null)
    (( $#values )) && compadd -l -d shown -a values
    (( $#open )) && compadd -l -S '' -d open_shown -a open
    return 0
}
if (( $+functions[compdef] )); then
    compdef _alembic alembic
fi
