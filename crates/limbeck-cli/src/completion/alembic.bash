# Completion of alembic for bash. Every candidate comes from the program itself.
_alembic_complete() {
    local line="${COMP_LINE:0:COMP_POINT}" candidate
    local word="${line##*[[:space:]]}"
    # Bash replaces only what stands behind the last character of COMP_WORDBREAKS.
    local kept="${word%"${word##*[$COMP_WORDBREAKS]}"}"
    COMPREPLY=()
    while IFS= read -r candidate; do
        candidate="${candidate%%$'\t'*}"
        COMPREPLY+=("${candidate#"$kept"}")
    done < <("$1" __complete line "$line" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/:=@] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -F _alembic_complete alembic
