//! MessagePack as Consul writes it, from JSON. What JSON has no value for is an object with one key:
//! `{"$raw": "hex"}` a raw of these bytes, `{"$packed": [values]}` a raw that holds values, and
//! `{"$bytes": "hex"}` bytes of MessagePack as they are.

use serde_json::Value;

pub fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    push(&mut out, value);
    out
}

fn push(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(0xc0),
        Value::Bool(value) => out.push(0xc2 | u8::from(*value)),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number @ 0..0x80), _) => out.push(number as u8),
            (Some(number), _) => {
                out.push(0xcf);
                out.extend(number.to_be_bytes());
            }
            (_, Some(number)) => {
                out.push(0xd3);
                out.extend(number.to_be_bytes());
            }
            _ => {
                out.push(0xcb);
                out.extend(number.as_f64().unwrap().to_be_bytes());
            }
        },
        Value::String(text) => raw(out, text.as_bytes()),
        Value::Array(values) => {
            out.push(0xdc);
            out.extend((values.len() as u16).to_be_bytes());
            values.iter().for_each(|value| push(out, value));
        }
        Value::Object(pairs) => match pairs.iter().next() {
            Some((key, value)) if key == "$raw" => raw(out, &hex(value)),
            Some((key, value)) if key == "$bytes" => out.extend(hex(value)),
            Some((key, Value::Array(values))) if key == "$packed" => {
                let content: Vec<u8> = values.iter().flat_map(encode).collect();
                raw(out, &content);
            }
            _ => {
                out.push(0xde);
                out.extend((pairs.len() as u16).to_be_bytes());
                for (key, value) in pairs {
                    raw(out, key.as_bytes());
                    push(out, value);
                }
            }
        },
    }
}

fn raw(out: &mut Vec<u8>, bytes: &[u8]) {
    match bytes.len() {
        length @ 0..32 => out.push(0xa0 | length as u8),
        length => {
            out.push(0xdb);
            out.extend((length as u32).to_be_bytes());
        }
    }
    out.extend(bytes);
}

pub fn hex(text: &Value) -> Vec<u8> {
    let digits = text.as_str().unwrap();
    (0..digits.len() / 2)
        .map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}
