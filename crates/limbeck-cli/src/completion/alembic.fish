# Completion of alembic for fish. Every candidate comes from the program itself.
function __alembic_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l program $before[1]
    set -e before[1]
    command $program __complete words $before "$current" 2>/dev/null
end
complete -c alembic -f -a '(__alembic_complete)'
