package object

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// address says where a bucket is.
type address struct {
	host, region   string
	bucket, prefix string // the prefix is empty or ends in a slash
	secure         bool
	pathStyle      bool // the bucket stands in the path, as most servers but Amazon's want it
}

// amazon is the host where none is named.
const amazon = "s3.amazonaws.com"

// parse reads s3://bucket/prefix?endpoint=https://host:port&region=r&path_style=true. Without an endpoint it is Amazon's.
func parse(text string) (*address, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.Fragment != "" {
		return nil, errors.New("the address of the object storage must look like s3://bucket/prefix?endpoint=https://host:port")
	}
	if u.User != nil {
		return nil, errors.New("the address of the object storage holds a secret: give it in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	a := &address{host: amazon, bucket: u.Host, prefix: strings.Trim(u.Path, "/"), secure: true}
	if a.prefix != "" {
		a.prefix += "/"
	}
	for name, values := range u.Query() {
		value := values[len(values)-1]
		switch name {
		case "endpoint":
			err = a.endpoint(value)
		case "region":
			a.region = value
		case "path_style":
			a.pathStyle, err = strconv.ParseBool(value)
		default:
			err = errors.New("endpoint, region and path_style are known")
		}
		if err != nil {
			return nil, fmt.Errorf("%s in the address of the object storage: %w", name, err)
		}
	}
	return a, nil
}

func (a *address) endpoint(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("an endpoint looks like https://host:port")
	}
	a.host, a.secure, a.pathStyle = u.Host, u.Scheme == "https", true
	return nil
}
