using System.Globalization;
using System.Text.Json.Nodes;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>An object as JavaScript has it. Values are double, string, bool, null, <see cref="Undefined"/>, bytes, and objects.</summary>
internal class ScriptObject
{
    private readonly Dictionary<string, object?> properties = [];

    public static object Undefined { get; } = new();

    /// <summary>What properties are that nobody set.</summary>
    public object? Missing { get; init; } = Undefined;

    public object? this[string name]
    {
        get => properties.GetValueOrDefault(name, Missing);
        set => properties[name] = value;
    }

    public virtual JsonNode? ToJson() => new JsonObject(properties.Where(property => property.Value is not ScriptFunction).Select(property => KeyValuePair.Create(property.Key, ToJson(property.Value))));

    public static JsonNode? ToJson(object? value) => value switch
    {
        ScriptObject script => script.ToJson(),
        double number => number,
        string text => text,
        bool truth => truth,
        _ => null,
    };

    public static string Describe(object? value) => value switch
    {
        double number => number.ToString(CultureInfo.InvariantCulture),
        string text => text,
        bool truth => truth ? "true" : "false",
        null => "null",
        _ when value == Undefined => "undefined",
        _ => "[object]",
    };
}

internal sealed class ScriptArray(List<object?> items) : ScriptObject
{
    public List<object?> Items => items;

    public void Set(int index, object? value)
    {
        while (items.Count <= index)
            items.Add(Undefined);
        items[index] = value;
    }

    public override JsonNode ToJson() => new JsonArray([.. items.Select(ToJson)]);
}

internal sealed class ScriptFunction(Func<object?, object?[], object?> call) : ScriptObject
{
    public object? Call(object? self, params object?[] arguments) => call(self, arguments);
}

/// <summary>A promise, of which the tests only want to know how it ended.</summary>
internal sealed class ScriptPromise : ScriptObject
{
    public object? Result { get; private set; }

    public bool IsResolved { get; private set; }

    public object? Rejection { get; private set; }

    public static ScriptPromise Run(ScriptFunction executor)
    {
        var promise = new ScriptPromise();
        executor.Call(null,
            new ScriptFunction((_, arguments) =>
            {
                (promise.Result, promise.IsResolved) = (arguments.FirstOrDefault(), true);
                return Undefined;
            }),
            new ScriptFunction((_, arguments) =>
            {
                promise.Rejection = arguments.FirstOrDefault();
                return Undefined;
            }));
        return promise;
    }
}
