"""sqlalchemy_utils: its types."""

from cases import Expressions

CASES = Expressions()

CASES.of_types("""
    sqlalchemy_utils.UUIDType()
    sqlalchemy_utils.UUIDType
    sqlalchemy_utils.UUIDType(binary=False)
    sqlalchemy_utils.UUIDType(native=False)
    sqlalchemy_utils.UUIDType(binary=False, native=False)
    sqlalchemy_utils.types.uuid.UUIDType(False)
    sqlalchemy_utils.types.UUIDType()
    sqlalchemy_utils.EmailType()
    sqlalchemy_utils.EmailType(length=100)
    sqlalchemy_utils.types.email.EmailType(255)
    sqlalchemy_utils.URLType()
    sqlalchemy_utils.URLType
    sqlalchemy_utils.types.url.URLType()
    sqlalchemy_utils.PhoneNumberType()
    sqlalchemy_utils.types.phone_number.PhoneNumberType(region="GB", max_length=30)
    sqlalchemy_utils.types.phone_number.PhoneNumberType(length=20)
    sqlalchemy_utils.ChoiceType([("a", "A"), ("b", "B")])
    sqlalchemy_utils.types.choice.ChoiceType([(1, "A")], impl=sa.Integer())
    sqlalchemy_utils.types.choice.ChoiceType(enum.Enum("Colour", "red green"), impl=sa.String(5))
    sqlalchemy_utils.types.choice.ChoiceType([("a", "A")], sa.Unicode(3))
    sqlalchemy_utils.JSONType()
    sqlalchemy_utils.types.json.JSONType()
    sqlalchemy_utils.TSVectorType()
    sqlalchemy_utils.types.ts_vector.TSVectorType("name", "body", weights={"name": "A"}, regconfig="english")
    sqlalchemy_utils.EncryptedType(sa.String(), "key")
    sqlalchemy_utils.EncryptedType(sa.Integer, "key", sqlalchemy_utils.types.encrypted.encrypted_type.AesEngine, "pkcs5")
    sqlalchemy_utils.types.encrypted.encrypted_type.EncryptedType(sa.String(), "key", sqlalchemy_utils.types.encrypted.encrypted_type.FernetEngine)
    sqlalchemy_utils.StringEncryptedType(sa.Unicode(), "key")
    sqlalchemy_utils.StringEncryptedType(sa.String, "key", length=255)
    sqlalchemy_utils.types.encrypted.encrypted_type.StringEncryptedType(sa.String(), "key", sqlalchemy_utils.types.encrypted.encrypted_type.AesGcmEngine, length=4096)
    sqlalchemy_utils.EncryptedType()
    sqlalchemy_utils.types.encrypted.encrypted_type.EncryptedType(length=20)
    sqlalchemy_utils.ArrowType()
    sqlalchemy_utils.types.arrow.ArrowType(timezone=True)
    sqlalchemy_utils.types.enriched_datetime.enriched_datetime_type.EnrichedDateTimeType()
    sqlalchemy_utils.types.enriched_datetime.enriched_date_type.EnrichedDateType()
    sqlalchemy_utils.types.EnrichedDateTimeType(timezone=True)
    sqlalchemy_utils.ColorType()
    sqlalchemy_utils.types.color.ColorType(length=20)
    sqlalchemy_utils.types.color.ColorType(max_length=30)
    sqlalchemy_utils.CountryType()
    sqlalchemy_utils.types.country.CountryType(length=2)
    sqlalchemy_utils.CurrencyType()
    sqlalchemy_utils.types.currency.CurrencyType(length=3)
    sqlalchemy_utils.IPAddressType()
    sqlalchemy_utils.types.ip_address.IPAddressType(max_length=40)
    sqlalchemy_utils.types.ip_address.IPAddressType(length=50)
    sqlalchemy_utils.LocaleType()
    sqlalchemy_utils.types.locale.LocaleType(length=10)
    sqlalchemy_utils.LtreeType()
    sqlalchemy_utils.types.ltree.LtreeType()
    sqlalchemy_utils.types.ltree.LQUERY()
    sqlalchemy_utils.types.ltree.LTXTQUERY()
    sqlalchemy_utils.PasswordType()
    sqlalchemy_utils.PasswordType(max_length=200)
    sqlalchemy_utils.PasswordType(max_length=1094, schemes=["pbkdf2_sha512", "md5_crypt"], deprecated=["md5_crypt"])
    sqlalchemy_utils.types.password.PasswordType(schemes=["pbkdf2_sha512", "md5_crypt"])
    sqlalchemy_utils.types.password.PasswordType(length=1137)
    sqlalchemy_utils.ScalarListType()
    sqlalchemy_utils.types.scalar_list.ScalarListType(int)
    sqlalchemy_utils.types.scalar_list.ScalarListType(separator=";")
    sqlalchemy_utils.TimezoneType(backend="zoneinfo")
    sqlalchemy_utils.types.timezone.TimezoneType(backend="zoneinfo")
    sqlalchemy_utils.types.timezone.TimezoneType(backend="nothing")
    sqlalchemy_utils.types.timezone.TimezoneType(length=50)
    sqlalchemy_utils.WeekDaysType()
    sqlalchemy_utils.types.weekdays.WeekDaysType()
    sqlalchemy_utils.types.bit.BitType()
    sqlalchemy_utils.types.bit.BitType(length=7)
    sqlalchemy_utils.DateRangeType()
    sqlalchemy_utils.DateTimeRangeType()
    sqlalchemy_utils.Int8RangeType()
    sqlalchemy_utils.IntRangeType()
    sqlalchemy_utils.NumericRangeType()
    sqlalchemy_utils.types.range.DateRangeType()
    sqlalchemy_utils.types.range.DateTimeRangeType()
    sqlalchemy_utils.types.range.Int8RangeType()
    sqlalchemy_utils.types.range.IntRangeType(step=10)
    sqlalchemy_utils.types.range.NumericRangeType()
    sqlalchemy_utils.CompositeType("money_type", [sa.Column("currency", sa.String(3)), sa.Column("amount", sa.Integer)])
    sqlalchemy_utils.types.pg_composite.CompositeType("money_type", [sa.Column("amount", sa.Integer)], schema="s")
    sa.ARRAY(sqlalchemy_utils.UUIDType())
    sa.ARRAY(sqlalchemy_utils.EmailType())
""")
CASES.of_values("""
    sqlalchemy_utils.UUIDType() <- uuid.UUID("0123456789abcdef0123456789abcdef")
    sqlalchemy_utils.UUIDType() <- "0123456789abcdef0123456789abcdef"
    sqlalchemy_utils.UUIDType(binary=False) <- "01234567-89ab-cdef-0123-456789abcdef"
    sqlalchemy_utils.UUIDType(binary=False) <- uuid.UUID("0123456789abcdef0123456789abcdef")
    sqlalchemy_utils.UUIDType(binary=False, native=False) <- uuid.UUID("0123456789abcdef0123456789abcdef")
    sqlalchemy_utils.UUIDType(binary=False) <- None
    sqlalchemy_utils.UUIDType() <- "nothing of the kind"
    sqlalchemy_utils.EmailType() <- "Someone@Example.ORG"
    sqlalchemy_utils.EmailType() <- None
    sqlalchemy_utils.URLType() <- "http://a/b?c=d"
    sqlalchemy_utils.URLType() <- None
    sqlalchemy_utils.ChoiceType([("a", "A"), ("b", "B")]) <- "a"
    sqlalchemy_utils.ChoiceType([("a", "A"), ("b", "B")]) <- "no choice"
    sqlalchemy_utils.ChoiceType([("a", "A"), ("b", "B")]) <- None
    sqlalchemy_utils.ChoiceType([(1, "A")], impl=sa.Integer()) <- 1
    sqlalchemy_utils.ChoiceType(enum.Enum("Colour", "red green"), impl=sa.Integer()) <- 2
    sqlalchemy_utils.ChoiceType(enum.Enum("Colour", "red green"), impl=sa.Integer()) <- 3
    sqlalchemy_utils.JSONType() <- {"a": [1, None, "é"]}
    sqlalchemy_utils.JSONType() <- None
    sqlalchemy_utils.JSONType() <- "text"
    sqlalchemy_utils.JSONType() <- []
    sqlalchemy_utils.TSVectorType() <- "a b"
    sqlalchemy_utils.CountryType() <- "FI"
    sqlalchemy_utils.CountryType() <- None
    sqlalchemy_utils.CurrencyType() <- "EUR"
    sqlalchemy_utils.LocaleType() <- "en_US"
    sqlalchemy_utils.IPAddressType() <- "127.0.0.1"
    sqlalchemy_utils.IPAddressType() <- ipaddress.ip_address("::1")
    sqlalchemy_utils.IPAddressType() <- None
    sqlalchemy_utils.IPAddressType() <- "no address"
    sqlalchemy_utils.LtreeType() <- "a.b.c"
    sqlalchemy_utils.LtreeType() <- None
    sqlalchemy_utils.ScalarListType() <- ["a", "b"]
    sqlalchemy_utils.ScalarListType(int) <- [1, 2]
    sqlalchemy_utils.ScalarListType(separator=";") <- ["a", "b"]
    sqlalchemy_utils.ScalarListType() <- []
    sqlalchemy_utils.ScalarListType() <- None
    sqlalchemy_utils.ScalarListType() <- ["a,b"]
    sqlalchemy_utils.TimezoneType(backend="zoneinfo") <- "Europe/Berlin"
    sqlalchemy_utils.PasswordType(schemes=["pbkdf2_sha512"]) <- None
    sqlalchemy_utils.EncryptedType(sa.String(), "key") <- None
    sqlalchemy_utils.StringEncryptedType(sa.String(), "key") <- None
    sqlalchemy_utils.PhoneNumberType() <- "+358401234567"
    sqlalchemy_utils.PhoneNumberType() <- None
    sqlalchemy_utils.ColorType() <- "#ff0000"
    sqlalchemy_utils.ColorType() <- None
    sqlalchemy_utils.ArrowType() <- None
    sqlalchemy_utils.ArrowType() <- datetime.datetime(2024, 2, 3, 4, 5, 6)
    sqlalchemy_utils.WeekDaysType() <- None
    sqlalchemy_utils.DateRangeType() <- None
    sqlalchemy_utils.IntRangeType() <- "[1,5)"
    sqlalchemy_utils.IntRangeType() <- [1, 5]
    sqlalchemy_utils.PhoneNumberType() <- "040 123 4567"
    sqlalchemy_utils.ColorType() <- "red"
    sqlalchemy_utils.CountryType() <- "fi"
    sqlalchemy_utils.CountryType() <- 5
    sqlalchemy_utils.CurrencyType() <- "eur"
    sqlalchemy_utils.LocaleType() <- "xx-YY"
    sqlalchemy_utils.TimezoneType(backend="zoneinfo") <- "Nowhere"
    sqlalchemy_utils.TimezoneType(backend="zoneinfo") <- None
    sqlalchemy_utils.ArrowType() <- "2024-02-03"
    sqlalchemy_utils.ArrowType() <- datetime.datetime(2024, 2, 3, 4, 5, 6, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    sqlalchemy_utils.EnrichedDateTimeType() <- datetime.datetime(2024, 2, 3, 4, 5, 6)
    sqlalchemy_utils.EnrichedDateType() <- datetime.date(2024, 2, 3)
    sqlalchemy_utils.EnrichedDateType() <- None
    sqlalchemy_utils.WeekDaysType() <- "0000011"
    sqlalchemy_utils.types.bit.BitType(7) <- "0000011"
    sqlalchemy_utils.DateRangeType() <- "[2024-01-01,2024-02-01]"
    sqlalchemy_utils.LocaleType() <- None
    sqlalchemy_utils.CurrencyType() <- None
    sqlalchemy_utils.LtreeType() <- "not a path!"
    sqlalchemy_utils.EmailType() <- 5
    sqlalchemy_utils.URLType() <- 5
    sqlalchemy_utils.CompositeType("money_type", [sa.Column("amount", sa.Integer)]) <- None
    sqlalchemy_utils.CompositeType("money_type", [sa.Column("amount", sa.Integer)]) <- (1,)
""")
