package server

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// secretParts are passwords in addresses: before the @, and as a word of PostgreSQL.
var secretParts = regexp.MustCompile(`(//)[^/@\s]*@|(?i)((?:password|secret|token|passphrase)=)[^&\s]+`)

// withoutSecrets takes passwords out of an address.
func withoutSecrets(text string) string {
	return secretParts.ReplaceAllStringFunc(text, func(m string) string {
		if strings.HasPrefix(m, "//") {
			return "//[secret]@"
		}
		return m[:strings.IndexByte(m, '=')+1] + "[secret]"
	})
}

// Print writes the configuration as a file that Load reads, without secrets; beside what is not the default stands where
// it comes from.
func (c *Config) Print(w io.Writer, from Source) error {
	var node yaml.Node
	if err := node.Encode(c); err != nil {
		return fmt.Errorf("writing down the configuration: %w", err)
	}
	annotate(&node, "", from)
	e := yaml.NewEncoder(w)
	e.SetIndent(2)
	if err := e.Encode(&node); err != nil {
		return fmt.Errorf("writing down the configuration: %w", err)
	}
	return e.Close()
}

// annotate hides secrets and says where settings come from.
func annotate(n *yaml.Node, path string, from Source) {
	switch n.Kind {
	case yaml.ScalarNode:
		n.Value = withoutSecrets(n.Value)
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			at := strings.TrimPrefix(path+"."+key.Value, ".")
			annotate(value, at, from)
			switch where := from[at]; {
			case where == "" || value.Kind == yaml.MappingNode:
			case value.Kind == yaml.ScalarNode:
				value.LineComment = where
			default:
				key.HeadComment = where
			}
		}
	default:
		for _, child := range n.Content {
			annotate(child, path, nil)
		}
	}
}
