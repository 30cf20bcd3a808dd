from __future__ import annotations
import sqlalchemy as sa, datetime, uuid, decimal, enum
from typing import Optional, List, Annotated
from sqlalchemy.orm import *
from sqlalchemy.ext.hybrid import hybrid_property
class Kind(enum.Enum):
    a='A'; b='B'
intpk = Annotated[int, mapped_column(primary_key=True)]
class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention={'ix':'ix_%(table_name)s_%(column_0_name)s'})
    type_annotation_map = {str: sa.String(30)}
class Stamp:
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=sa.func.now())
class User(Stamp, Base):
    __tablename__='users'
    __table_args__=(sa.UniqueConstraint('name',name='uq'), sa.Index('ix_l', sa.text('lower(name)')), {'schema':'s'})
    id: Mapped[intpk]
    name: Mapped[str] = mapped_column(index=True)
    bio: Mapped[Optional[str]]
    kind: Mapped[Kind]
    price: Mapped[decimal.Decimal | None]
    uid: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    parent_id: Mapped[Optional[int]] = mapped_column(sa.ForeignKey('s.users.id', ondelete='CASCADE'))
    posts: Mapped[List["Post"]] = relationship(back_populates='user')
    x = sa.Column(sa.Integer, nullable=False)
    @hybrid_property
    def up(self): return sa.func.upper(self.name)
class Post(Base):
    __tablename__='posts'
    id: Mapped[intpk]
    user_id = mapped_column(sa.ForeignKey(User.id))
    user: Mapped["User"] = relationship(back_populates='posts')
for t in Base.metadata.sorted_tables:
    print(t, [(c.name,repr(c.type),c.nullable,c.primary_key) for c in t.c], sorted(str(f.target_fullname) for f in t.foreign_keys), sorted(str(k.name) for k in t.constraints), sorted(str(i.name) for i in t.indexes))
print(sa.select(User.id, User.up).where(User.name=='x'))
B=declarative_base()
class Old(B):
    __tablename__='old'
    id=sa.Column(sa.Integer,primary_key=True)
    n=sa.Column('nn',sa.String(5),sa.ForeignKey('old.id'))
print(Old.__table__.c.keys(), B.metadata.tables.keys(), Old(id=3).id)
class GUID(sa.types.TypeDecorator):
    impl=sa.CHAR
    cache_ok=True
    def load_dialect_impl(self,dialect):
        return dialect.type_descriptor(sa.CHAR(32) if dialect.name!='x' else sa.Uuid())
    def process_bind_param(self,v,d): return None if v is None else v+'!'
    def process_result_value(self,v,d): return None if v is None else v.rstrip('!')
class Pt(sa.types.UserDefinedType):
    def __init__(self,n=3): self.n=n
    def get_col_spec(self,**kw): return 'POINT(%d)'%self.n
print(repr(GUID()),str(GUID()),repr(GUID(16)),repr(Pt(4)),str(Pt(5)),GUID(length=3).length)
m=sa.MetaData(); t=sa.Table('t',m,sa.Column('g',GUID()))
e=sa.create_engine('sqlite://')
with e.begin() as c:
    c.execute(sa.text('create table t (g varchar(33))'))
    c.execute(t.insert().values(g='q')); c.execute(t.insert(),[{'g':'r'},{'g':'s'}])
    print(c.execute(sa.text('select g from t')).scalars().all(), c.execute(sa.select(t).where(t.c.g=='q')).all())
from sqlalchemy.ext.compiler import compiles
class Foo(sa.types.String): pass
@compiles(Foo,'sqlite')
def _f(el,comp,**kw): return 'FOO(%s)'%el.length
print(Foo(4).compile(dialect=e.dialect))
