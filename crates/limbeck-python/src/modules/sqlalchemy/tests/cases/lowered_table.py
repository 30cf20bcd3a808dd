import enum
import sqlalchemy as sa
class C(enum.Enum):
    red = 1
    blue = 2
m = sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s", "fk": "fk_%(table_name)s_%(referred_table_name)s"})
sa.Table("other", m, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("far", m, sa.Column("a", sa.Integer, primary_key=True), sa.Column("b", sa.Integer, primary_key=True))
t = sa.Table(
    "t", m,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("Name", sa.String(50), nullable=False, server_default="x", unique=True),
    sa.Column("n", sa.Numeric(10, 2), sa.CheckConstraint("n > 0", name="n_positive"), server_default=sa.text("0")),
    sa.Column("other_id", sa.ForeignKey("other.id", ondelete="CASCADE")),
    sa.Column("e", sa.Enum(C, create_constraint=True, name="colours")),
    sa.Column("c", sa.Integer, sa.Computed("n + 1", persisted=True)),
    sa.Column("d", sa.DateTime, server_default=sa.func.now()),
    sa.UniqueConstraint("n", "c", name=sa.schema.conv("uq_final")),
    sa.ForeignKeyConstraint(["n", "c"], ["far.a", "far.b"], name="fk_far", deferrable=True, initially="DEFERRED"),
)
