using Meridian.Model.Binding;
using Meridian.Model.Resources;

namespace Meridian.Model.Tests;

/// <summary>Every resource kind has a line in the table, and every line what belongs to a kind.</summary>
public sealed class KindsTests
{
    public static TheoryData<Type> Types =>
    [
        .. typeof(Resource).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Resource)) && !t.IsAbstract),
    ];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_resource_has_a_line_in_the_table_and_a_file_of_rules(Type type)
    {
        var kind = Assert.Single(Kinds.All, k => k.Type == type);

        Assert.Same(kind, Kinds.Find(type.Name));
        Assert.NotNull(type.Assembly.GetType($"Meridian.Model.Validation.{type.Name}Rules"));
        Assert.EndsWith(".", kind.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_people_type_belong_to_one_kind_each()
    {
        var names = Kinds.All
            .SelectMany(k => new[] { k.Name.ToLowerInvariant(), k.Plural, k.ShortName })
            .Where(n => n is not null);

        Assert.Equal(names.Distinct().Count(), names.Count());
        Assert.Null(Kinds.Find("zone"));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_field_says_what_it_means_and_belongs_to_a_readable_type(Type type)
    {
        foreach (var part in PartsOf(type))
        {
            foreach (var field in FieldDescription.Of(part))
                Assert.False(field.Attribute.Description.Length == 0 || field.Attribute.Description.EndsWith('.'),
                    $"{part.Name}.{field.Name}");
        }
    }

    [Fact]
    public void A_set_gives_the_resources_of_any_kind_by_name_and_all_of_them_kind_by_kind()
    {
        var set = new ResourceSet([
            new Site { Name = "b", Latitude = 1, Longitude = 1 },
            new Zone { Name = "z", Origin = "example.org" },
            new Site { Name = "a", Latitude = 2, Longitude = 2 }]);

        Assert.Equal(["a", "b"], set.Of<Site>().Keys.Order());
        Assert.Same(set.Sites["a"], set.Of<Site>()["a"]);
        Assert.Empty(set.Of<Node>());
        Assert.Equal(["z", "b", "a"], set.All.Select(r => r.Name));
        Assert.Equal(["Zone", "Site", "Site"], set.All.Select(r => Kinds.Of(r).Name));
    }

    private static HashSet<Type> PartsOf(Type type)
    {
        var parts = new HashSet<Type>();
        Add(type);
        return parts;

        void Add(Type part)
        {
            if (!parts.Add(part))
                return;
            foreach (var field in FieldDescription.Of(part))
            {
                var inner = Nullable.GetUnderlyingType(field.Property.PropertyType) ?? field.Property.PropertyType;
                inner = inner.IsGenericType ? inner.GetGenericArguments()[^1] : inner;
                if (inner.Namespace == type.Namespace && inner.IsClass)
                    Add(inner);
            }
        }
    }
}
