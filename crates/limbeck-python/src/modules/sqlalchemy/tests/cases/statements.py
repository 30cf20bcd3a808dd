import sqlalchemy as sa, datetime, enum, uuid, decimal
from sqlalchemy import text, select, func, inspect
class Col(enum.Enum):
    red=1; blue=2
m=sa.MetaData()
t=sa.Table('t',m,sa.Column('id',sa.Integer,primary_key=True),sa.Column('name',sa.String(50)),sa.Column('b',sa.Boolean),sa.Column('d',sa.DateTime),sa.Column('j',sa.JSON),sa.Column('u',sa.Uuid),sa.Column('e',sa.Enum(Col)),sa.Column('n',sa.Numeric(10,2)),sa.Column('x',sa.Integer,default=7),sa.Column('day',sa.Date))
u=sa.Table('u',m,sa.Column('id',sa.Integer,primary_key=True),sa.Column('t_id',sa.ForeignKey('t.id')))
eng=sa.create_engine('sqlite://')
q=select(t.c.id, func.lower(t.c.name)).where(sa.and_(t.c.id>5, sa.or_(t.c.name.like('x%'), t.c.b.is_(True)))).order_by(t.c.id.desc()).group_by(t.c.name)
print(q)
s=select(u.c.t_id).where(u.c.id==t.c.id).scalar_subquery()
print(select(t.c.id, s)); print(t.update().values(x=s)); print(select(t).where(sa.exists().where(u.c.t_id==t.c.id)))
a=t.alias('a'); print(select(a.c.id).where(a.c.name=='q'))
sub=select(t.c.id.label('k')).subquery('sq'); print(select(sub.c.k))
cte=select(t.c.id).cte('ct'); print(select(cte.c.id))
print(sa.union_all(select(t.c.id),select(u.c.id)))
print(sa.case((t.c.id==1,'a'),else_='b'), sa.cast(t.c.id,sa.String), t.c.id+1, t.c.name+'x', -t.c.id, ~(t.c.id==1), t.c.id.between(1,2), t.c.id.in_([]), t.c.id==None, t.c.b==True, sa.func.now(), t.c.name.op('||')('x'), sa.literal('x'), sa.text('a=:b').bindparams(b=3), sa.not_(t.c.b), sa.extract('year',t.c.d), sa.tuple_(t.c.id,t.c.x), func.count(t.c.id).over(partition_by=t.c.name), t.c.id.desc().nullslast(), t.c.name.collate('C'))
print(u.insert().from_select(['id'],select(t.c.id)))
print(t.insert().values(id=1,name='x'), t.insert(), t.delete(), t.update().values(name=func.upper(t.c.name)))
from sqlalchemy.dialects.sqlite import insert
print(insert(t).values(id=1).on_conflict_do_nothing(index_elements=['id']).compile(dialect=eng.dialect))
print(sa.join(t,u), t.join(u,t.c.id==u.c.t_id))
print(q.compile(compile_kwargs={'literal_binds':True}))
tt=sa.table('tt',sa.column('a'),sa.column('b',sa.String)); print(tt.insert().values(a=1), select(tt.c.a).where(tt.c.b=='x'), tt.c.b.is_(None), tt.c.a.isnot(None))
print(sa.create_engine('postgresql://u:p@h/d') if 0 else eng, eng.url, eng.dialect.name, eng.name, eng.url.database)
